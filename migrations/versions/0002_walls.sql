alter table matter enable row level security;
alter table matter force row level security;
create policy own_authority on matter
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table asked enable row level security;
alter table asked force row level security;
create policy own_authority on asked
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table proposal enable row level security;
alter table proposal force row level security;
create policy own_authority on proposal
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
