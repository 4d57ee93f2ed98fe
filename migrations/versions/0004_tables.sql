-- Lookups across boroughs. Why: store/federation_tables.py.

-- Membership and messages

CREATE TABLE region_directory (
    csa TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    document BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, version)
);

CREATE TABLE peer_suspension (
    csa TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, member)
);

CREATE TABLE peer_nonce (
    csa TEXT COLLATE "C" NOT NULL,
    ref BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, ref)
);

CREATE INDEX peer_nonce_at ON peer_nonce (csa, at);

CREATE TABLE exchange (
    csa TEXT COLLATE "C" NOT NULL,
    entry_id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, entry_id)
);

-- An index's own children under derived digests

CREATE TABLE region_token (
    csa TEXT COLLATE "C" NOT NULL,
    token BYTEA NOT NULL,
    pointer BYTEA NOT NULL,
    PRIMARY KEY (csa, token, pointer)
);

CREATE TABLE region_sheet (
    csa TEXT COLLATE "C" NOT NULL,
    child_ref BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, child_ref)
);

CREATE TABLE region_filter (
    csa TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    set TEXT COLLATE "C" NOT NULL,
    part INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, epoch, set, part)
);

CREATE TABLE shield_key (
    csa TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    ref BYTEA NOT NULL,
    key_ref BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, ref)
);

CREATE INDEX shield_key_of_batch ON shield_key (csa, epoch, batch);

CREATE INDEX shield_key_of_key ON shield_key (csa, key_ref);

CREATE TABLE region_check (
    csa TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    well_at TIMESTAMP WITH TIME ZONE NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (csa, what)
);

-- Questions to peers that have no port of their own

CREATE TABLE peer_work (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    lease UUID,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, id)
);

CREATE INDEX peer_work_of_peer ON peer_work (csa, peer, due_at);

-- Parcels: on their way to another authority, or from it

CREATE TABLE parcel (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    wrap_key_id INTEGER NOT NULL,
    wrapped_key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, id),
    FOREIGN KEY(csa, wrap_key_id) REFERENCES wrap_key (csa, wrap_key_id)
);

-- The locator

CREATE TABLE member_filter (
    csa TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    set TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    digest BYTEA NOT NULL,
    filter BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, member, set, epoch)
);

CREATE TABLE shield_row (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    epoch INTEGER NOT NULL,
    digest BYTEA NOT NULL,
    note_key BYTEA NOT NULL,
    batch BYTEA NOT NULL,
    PRIMARY KEY (csa, id)
);

CREATE INDEX shield_row_asked ON shield_row (csa, epoch, digest);

CREATE INDEX shield_row_of_batch ON shield_row (csa, batch);

CREATE TABLE shield_note (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    batch BYTEA NOT NULL,
    note_key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, id)
);

CREATE INDEX shield_note_of_batch ON shield_note (csa, batch, at);

-- What members have used of their day, at deriver and locator

CREATE TABLE member_day (
    csa TEXT COLLATE "C" NOT NULL,
    day DATE NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (csa, day, member, what)
);

alter table exchange alter column sealed set storage external;
alter table region_sheet alter column sealed set storage external;
alter table region_filter alter column sealed set storage external;
alter table peer_work alter column sealed set storage external;
alter table parcel alter column sealed set storage external;
alter table member_filter alter column filter set storage external;
