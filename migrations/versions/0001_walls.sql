-- Forced row-level security on session_user: a settable variable is no wall, and the owner
-- of the tables is bound too. The subselect is one plan node evaluated once a statement.

alter table access_entry enable row level security;
alter table access_entry force row level security;
create policy own_authority on access_entry
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table access_subject enable row level security;
alter table access_subject force row level security;
create policy own_authority on access_subject
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table agency enable row level security;
alter table agency force row level security;
create policy own_authority on agency
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table agreement enable row level security;
alter table agreement force row level security;
create policy own_authority on agreement
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table case_row enable row level security;
alter table case_row force row level security;
create policy own_authority on case_row
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table child_token enable row level security;
alter table child_token force row level security;
create policy own_authority on child_token
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table directory enable row level security;
alter table directory force row level security;
create policy own_authority on directory
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table guard_token enable row level security;
alter table guard_token force row level security;
create policy own_authority on guard_token
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table idempotency enable row level security;
alter table idempotency force row level security;
create policy own_authority on idempotency
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table source_record enable row level security;
alter table source_record force row level security;
create policy own_authority on source_record
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table work_token enable row level security;
alter table work_token force row level security;
create policy own_authority on work_token
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table wrap_key enable row level security;
alter table wrap_key force row level security;
create policy own_authority on wrap_key
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table account enable row level security;
alter table account force row level security;
create policy own_authority on account
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table child enable row level security;
alter table child force row level security;
create policy own_authority on child
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table feed_source enable row level security;
alter table feed_source force row level security;
create policy own_authority on feed_source
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table practitioner enable row level security;
alter table practitioner force row level security;
create policy own_authority on practitioner
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table feed_batch enable row level security;
alter table feed_batch force row level security;
create policy own_authority on feed_batch
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));
alter table feed_invalid enable row level security;
alter table feed_invalid force row level security;
create policy own_authority on feed_invalid
    using (csa = (select r.csa from csa_role r where r.role = session_user))
    with check (csa = (select r.csa from csa_role r where r.role = session_user));

-- What a lookup reads stays in the row; what it does not read goes out of line, so that
-- re-sealing a child's policy rewrites little. Ciphertext does not compress.
alter table child alter column wrapped_key set storage plain;
alter table child alter column policy set storage plain;
alter table child alter column identity set storage plain;
alter table child alter column tracing set storage plain;
alter table child alter column identifier_nhs_number set storage plain;
alter table child alter column identifier_upn set storage plain;
alter table child alter column identifier_case_number set storage plain;
alter table child alter column whereabouts set storage external;
alter table child alter column carers set storage external;
alter table child alter column settings set storage external;
alter table child alter column identity_more set storage external;
alter table child alter column tracing_more set storage external;
alter table child alter column provenance set storage external;
alter table child alter column tokens set storage external;
alter table case_row alter column sealed set storage external;
alter table source_record alter column sealed set storage external;
alter table access_entry alter column sealed set storage external;
alter table child set (fillfactor = 75);
