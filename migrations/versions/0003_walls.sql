alter table log_batch enable row level security;
alter table log_batch force row level security;
create policy own_authority on log_batch
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table unnumbered enable row level security;
alter table unnumbered force row level security;
create policy own_authority on unnumbered
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table writer_sealed enable row level security;
alter table writer_sealed force row level security;
create policy own_authority on writer_sealed
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table log_shard enable row level security;
alter table log_shard force row level security;
create policy own_authority on log_shard
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table leaf enable row level security;
alter table leaf force row level security;
create policy own_authority on leaf
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table tile enable row level security;
alter table tile force row level security;
create policy own_authority on tile
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table log_head enable row level security;
alter table log_head force row level security;
create policy own_authority on log_head
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table cosignature enable row level security;
alter table cosignature force row level security;
create policy own_authority on cosignature
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table access_actor enable row level security;
alter table access_actor force row level security;
create policy own_authority on access_actor
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table charge enable row level security;
alter table charge force row level security;
create policy own_authority on charge
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
