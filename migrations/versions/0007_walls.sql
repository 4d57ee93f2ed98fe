alter table log_expired enable row level security;
alter table log_expired force row level security;
create policy own_authority on log_expired
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));

-- Whoever may drop may drop nothing younger than six whole years, by the server's own clock,
-- and of no year that was not said to be dropped before.
create policy six_years_old on log_expired as restrictive for insert
    with check (year <= extract(year from (now() at time zone 'UTC')) - 7);
create policy of_an_expired_year on leaf as restrictive for delete
    using (exists (select from log_expired e where e.csa = leaf.csa and e.year = leaf.shard / 100));
create policy of_an_expired_year on tile as restrictive for delete
    using (level = 0 and exists (
        select from log_expired e where e.csa = tile.csa and e.year = tile.shard / 100));
-- Five minutes more: clocks of those who write and of those who seal differ.
create policy of_an_expired_year on access_entry as restrictive for delete
    using (exists (
        select from log_expired e where e.csa = access_entry.csa
            and access_entry.at < make_timestamptz(e.year + 1, 1, 1, 0, 5, 0, 'UTC')));
create policy of_an_expired_year on access_subject as restrictive for delete
    using (exists (
        select from log_expired e where e.csa = access_subject.csa and e.year >= access_subject.year));
create policy of_an_expired_year on access_actor as restrictive for delete
    using (exists (
        select from log_expired e where e.csa = access_actor.csa and e.year >= access_actor.year));
create policy of_a_dropped_entry on exchange as restrictive for delete
    using (not exists (
        select from access_entry a where a.csa = exchange.csa and a.entry_id = exchange.entry_id));
