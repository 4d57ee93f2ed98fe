-- The numbered, sealed access log, and what auditors find entries by. Why: store/tables.py.

CREATE TABLE log_batch (
    csa TEXT COLLATE "C" NOT NULL,
    writer UUID NOT NULL,
    seq BIGINT NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    entries UUID[] NOT NULL,
    predecessor UUID,
    predecessor_seq BIGINT NOT NULL,
    predecessor_hash BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (csa, writer, seq)
);

CREATE TABLE unnumbered (
    csa TEXT COLLATE "C" NOT NULL,
    entry_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (csa, entry_id)
);

CREATE TABLE writer_sealed (
    csa TEXT COLLATE "C" NOT NULL,
    writer UUID NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    mark BYTEA NOT NULL,
    PRIMARY KEY (csa, writer)
);

CREATE TABLE log_shard (
    csa TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    begun TEXT NOT NULL,
    PRIMARY KEY (csa, shard)
);

CREATE TABLE leaf (
    csa TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    leaf_index BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    entry_id UUID,
    pad_blind BYTEA,
    PRIMARY KEY (csa, shard, leaf_index),
    UNIQUE (csa, entry_id)
);

CREATE INDEX leaf_hash ON leaf (csa, hash);

CREATE TABLE tile (
    csa TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    level SMALLINT NOT NULL,
    tile_index BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    root BYTEA NOT NULL,
    PRIMARY KEY (csa, shard, level, tile_index)
);

CREATE TABLE log_head (
    csa TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    size BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (csa, shard, size, kind)
);

CREATE TABLE cosignature (
    csa TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    size BIGINT NOT NULL,
    witness TEXT COLLATE "C" NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (csa, shard, size, witness)
);

CREATE TABLE access_actor (
    csa TEXT COLLATE "C" NOT NULL,
    ref BYTEA NOT NULL,
    sealed BYTEA NOT NULL
);

CREATE INDEX access_actor_ref ON access_actor (csa, ref);

CREATE INDEX access_entry_at ON access_entry (csa, at, entry_id);

CREATE TABLE charge (
    csa TEXT COLLATE "C" NOT NULL,
    day DATE NOT NULL,
    who BYTEA NOT NULL,
    what BYTEA NOT NULL,
    PRIMARY KEY (csa, day, who, what)
);

alter table tile alter column hashes set storage external;
