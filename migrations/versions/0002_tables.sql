-- Matters that people handle, and questions the tripwire replays. Why: store/tables.py.

CREATE TABLE matter (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    wrap_key_id INTEGER NOT NULL,
    wrapped_key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, id),
    FOREIGN KEY(csa, wrap_key_id) REFERENCES wrap_key (csa, wrap_key_id)
);

CREATE TABLE asked (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, id)
);

CREATE TABLE proposal (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, id)
);

alter table matter alter column sealed set storage external;
alter table proposal alter column sealed set storage external;
alter table asked alter column sealed set storage external;
