-- That a year was dropped stays said.
revoke update, delete, truncate on log_expired from index_owner;

-- Nobody who appends says of which year a row is: the server's clock does.
revoke insert on access_subject, access_actor from index_api, index_feed, index_audit, index_job, index_tripwire;
grant insert (csa, ref, sealed) on access_subject, access_actor
    to index_api, index_feed, index_audit, index_job, index_tripwire;

-- api, audit: know which years are no longer there.
grant select on log_expired to index_api, index_audit;

-- job: checks the tree of a year against its last head, says that it is dropped, and drops it.
grant select, insert on log_expired to index_job;
grant select, delete on leaf, tile to index_job;
grant select on log_shard, log_head, cosignature to index_job;
grant select (csa, entry_id, at), delete on access_entry to index_job;
grant select (csa, ref, year), delete on access_subject, access_actor to index_job;
grant select (csa, entry_id), delete on exchange to index_job;
