-- api: reads what waits; keeps agreements that wait for a second person; leaves questions.
grant select, insert, update on matter to index_api;
grant insert, delete on work_token to index_api;
grant insert on asked to index_api;
grant select, insert on proposal to index_api;

-- feed: stories about children that people must handle.
grant select, insert, update on matter to index_feed;

-- job: moves tokens, looks at what is due, tells the team.
grant select, update on child to index_job;
grant select, insert, delete on child_token, guard_token, work_token to index_job;
grant select on case_row to index_job;
grant select, insert, update on matter to index_job;

-- tripwire: replays questions against what is hidden, and alerts the team.
grant select, delete on asked to index_tripwire;
grant select on child, child_token, guard_token to index_tripwire;
grant insert on matter, work_token, access_entry, access_subject to index_tripwire;

-- audit: tells those who were told something that it holds no longer; who they are is the log's to say.
grant select on child, case_row to index_audit;
grant select, insert, delete on work_token to index_audit;
grant select, insert on matter to index_audit;
