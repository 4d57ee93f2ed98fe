-- job: decides on subscriptions as for a read, by accounts, agencies and the agreement in force.
grant select on agency, account, practitioner, agreement, directory, feed_source to index_job;

-- job: charges another authority's day with what its subscribers are told.
grant insert on charge to index_job;
