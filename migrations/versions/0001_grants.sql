-- The least each duty needs. Nobody may update, delete or truncate the access log;
-- only feed, job and tripwire see guard tokens; who may not write records cannot.
revoke all on all tables in schema public from public;
-- Emptying a table asks no row-level security: its owner would pass the walls.
revoke update, delete, truncate on access_entry, access_subject from index_owner;
grant usage on schema public to index_api, index_feed, index_audit, index_job, index_tripwire, index_seal;
grant select on csa_role to index_api, index_feed, index_audit, index_job, index_tripwire, index_seal;

-- api: looks up and reads; keeps the directory of agencies, practitioners and accounts.
grant select on child, child_token, case_row, work_token, wrap_key, feed_source, feed_batch, feed_invalid to index_api;
grant select, insert, update on agency, account, practitioner to index_api;
grant select, insert on agreement, idempotency to index_api;
grant insert on feed_source to index_api;
grant select, insert, update on directory to index_api;
grant insert on access_entry, access_subject to index_api;

-- feed: every story that writes records, over HTTP or in bulk.
grant select, insert, update on child, case_row, source_record, feed_batch to index_feed;
grant select, insert, delete on child_token, guard_token, work_token to index_feed;
grant select, insert on feed_invalid, idempotency to index_feed;
grant select, update on feed_source, directory to index_feed;
grant select on agency, account, practitioner, agreement, wrap_key to index_feed;
grant insert on access_entry, access_subject to index_feed;

-- audit: reads the log; its own reads are entries.
grant select on access_entry, access_subject, agency, account, agreement, directory to index_audit;
grant insert on access_entry, access_subject to index_audit;

-- job: opens the weekly wrap key.
grant select, insert, delete on wrap_key to index_job;
grant insert on access_entry, access_subject to index_job;
