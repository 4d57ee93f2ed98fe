alter table region_directory enable row level security;
alter table region_directory force row level security;
create policy own_authority on region_directory
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table peer_suspension enable row level security;
alter table peer_suspension force row level security;
create policy own_authority on peer_suspension
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table peer_nonce enable row level security;
alter table peer_nonce force row level security;
create policy own_authority on peer_nonce
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table exchange enable row level security;
alter table exchange force row level security;
create policy own_authority on exchange
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table region_token enable row level security;
alter table region_token force row level security;
create policy own_authority on region_token
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table region_sheet enable row level security;
alter table region_sheet force row level security;
create policy own_authority on region_sheet
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table region_filter enable row level security;
alter table region_filter force row level security;
create policy own_authority on region_filter
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table shield_key enable row level security;
alter table shield_key force row level security;
create policy own_authority on shield_key
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table region_check enable row level security;
alter table region_check force row level security;
create policy own_authority on region_check
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table peer_work enable row level security;
alter table peer_work force row level security;
create policy own_authority on peer_work
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table parcel enable row level security;
alter table parcel force row level security;
create policy own_authority on parcel
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table member_filter enable row level security;
alter table member_filter force row level security;
create policy own_authority on member_filter
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table shield_row enable row level security;
alter table shield_row force row level security;
create policy own_authority on shield_row
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table shield_note enable row level security;
alter table shield_note force row level security;
create policy own_authority on shield_note
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table member_day enable row level security;
alter table member_day force row level security;
create policy own_authority on member_day
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
