-- Once per database server, by someone who may create roles. Safe to run again.
-- Duties are group roles that hold the grants; each authority has one login role per
-- duty (made by `index-service csa enrol`), and only session_user decides whose rows
-- a connection sees. index_owner owns the tables and migrates; forced row-level
-- security binds it too, so it reads and moves no data.
select pg_advisory_lock(7217001);

do $$
declare
    duty text;
begin
    if not exists (select from pg_roles where rolname = 'index_owner') then
        create role index_owner login nosuperuser nocreaterole nocreatedb nobypassrls;
    end if;
    foreach duty in array array['api', 'feed', 'audit', 'job', 'tripwire', 'seal'] loop
        if not exists (select from pg_roles where rolname = 'index_' || duty) then
            execute format('create role %I nologin nosuperuser nocreaterole nobypassrls', 'index_' || duty);
        end if;
    end loop;
end
$$;

select pg_advisory_unlock(7217001);
