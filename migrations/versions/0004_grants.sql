-- What two authorities said to each other stays as it was said.
revoke update, delete, truncate on exchange from index_owner;
revoke update on region_directory from index_owner;

-- api: knows its region, hears and asks peers, searches its own children by derived digests.
grant select, insert on region_directory to index_api;
grant select, insert, delete on peer_suspension, peer_nonce to index_api;
grant insert on exchange to index_api;
grant select on region_token, region_check to index_api;
grant select, insert, update, delete on peer_work to index_api;

-- api of deriver and locator: charges members, keeps filters and the shield set.
grant select, insert, update, delete on member_day to index_api;
grant select, insert, delete on member_filter, shield_row, shield_note to index_api;

-- feed: stories that write records, of peers too.
grant select on region_directory, peer_suspension to index_feed;
grant insert on exchange to index_feed;
grant select, insert, delete on parcel to index_feed;

-- audit: reads what two authorities said to each other beside the entries.
grant select on exchange to index_audit;

-- job: derives the digests of children, builds filters, asks the shield set, polls peers.
grant select on region_directory, peer_suspension to index_job;
grant insert on exchange to index_job;
grant select, insert, delete on region_token, region_filter, shield_key to index_job;
grant select, insert, update, delete on region_check to index_job;
grant select, insert, update, delete on region_sheet, peer_work to index_job;
grant insert on case_row to index_job;
grant select, delete on parcel to index_job;
