-- Emptying or rewriting the log is nobody's, its owner's least of all.
revoke update, delete, truncate on leaf, tile, log_head, log_shard, cosignature, access_actor from index_owner;
revoke update, truncate on log_batch, unnumbered from index_owner;

-- Whoever appends numbers what it appends, and what its stories left unnumbered.
grant insert on log_batch, unnumbered, access_actor to index_api, index_audit, index_job, index_tripwire;
grant select, delete on unnumbered to index_api, index_audit, index_job, index_tripwire;
grant insert on unnumbered, access_actor to index_feed;

-- api: charges budgets in the statement that appends; hands out proofs and heads.
grant select, insert on charge to index_api;
grant select on leaf, tile, log_shard, log_head, cosignature to index_api;
grant select (csa, at) on log_batch to index_api;

-- audit: searches the log, and proves what it found.
grant select on access_actor, leaf, tile, log_shard, log_head, cosignature to index_audit;

-- audit: compares accesses with who made them, and where they live, as digests.
grant select on practitioner to index_audit;

-- job: drops charges of days gone by.
grant select, delete on charge to index_job;

-- seal: numbers leaves, builds the tree, signs heads. It sees no sealed entry.
grant select (csa, entry_id, at, leaf) on access_entry to index_seal;
grant select, insert, delete on log_batch to index_seal;
grant select, delete on unnumbered to index_seal;
grant select, insert, update on writer_sealed to index_seal;
grant select, insert on leaf, tile, log_shard, log_head, cosignature to index_seal;
