-- The stored shape of an index. Why each table is as it is: index_service/store/tables.py.

CREATE TABLE access_entry (
    csa TEXT COLLATE "C" NOT NULL,
    entry_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    leaf BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, entry_id)
);

CREATE TABLE access_subject (
    csa TEXT COLLATE "C" NOT NULL,
    ref BYTEA NOT NULL,
    sealed BYTEA NOT NULL
);

CREATE INDEX access_subject_ref ON access_subject (csa, ref);

CREATE TABLE agency (
    csa TEXT COLLATE "C" NOT NULL,
    agency_id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, agency_id)
);

CREATE TABLE agreement (
    csa TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, version)
);

CREATE TABLE case_row (
    csa TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    child_ref BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, id)
);

CREATE INDEX case_row_of_child ON case_row (csa, child_ref);

CREATE TABLE child_token (
    csa TEXT COLLATE "C" NOT NULL,
    token BYTEA NOT NULL,
    pointer BYTEA NOT NULL,
    PRIMARY KEY (csa, token, pointer)
);

CREATE TABLE csa_role (
    role TEXT COLLATE "C" NOT NULL,
    csa TEXT COLLATE "C" NOT NULL,
    duty TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (role)
);

CREATE TABLE directory (
    csa TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (csa)
);

CREATE TABLE guard_token (
    csa TEXT COLLATE "C" NOT NULL,
    token BYTEA NOT NULL,
    pointer BYTEA NOT NULL,
    PRIMARY KEY (csa, token, pointer)
);

CREATE TABLE idempotency (
    csa TEXT COLLATE "C" NOT NULL,
    key BYTEA NOT NULL,
    pointer BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, key)
);

CREATE TABLE source_record (
    csa TEXT COLLATE "C" NOT NULL,
    ref BYTEA NOT NULL,
    line_mac BYTEA NOT NULL,
    pointer BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, ref)
);

CREATE TABLE work_token (
    csa TEXT COLLATE "C" NOT NULL,
    token BYTEA NOT NULL,
    pointer BYTEA NOT NULL,
    PRIMARY KEY (csa, token, pointer)
);

CREATE TABLE wrap_key (
    csa TEXT COLLATE "C" NOT NULL,
    wrap_key_id INTEGER NOT NULL,
    PRIMARY KEY (csa, wrap_key_id)
);

CREATE TABLE account (
    csa TEXT COLLATE "C" NOT NULL,
    account_id UUID NOT NULL,
    login BYTEA NOT NULL,
    agency_id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, account_id),
    UNIQUE (csa, login),
    FOREIGN KEY(csa, agency_id) REFERENCES agency (csa, agency_id)
);

CREATE TABLE child (
    csa TEXT COLLATE "C" NOT NULL,
    child_id UUID NOT NULL,
    wrap_key_id INTEGER NOT NULL,
    wrapped_key BYTEA NOT NULL,
    policy BYTEA NOT NULL,
    identity BYTEA NOT NULL,
    tracing BYTEA NOT NULL,
    identifier_nhs_number BYTEA NOT NULL,
    identifier_upn BYTEA NOT NULL,
    identifier_case_number BYTEA NOT NULL,
    whereabouts BYTEA NOT NULL,
    carers BYTEA NOT NULL,
    settings BYTEA NOT NULL,
    identity_more BYTEA NOT NULL,
    tracing_more BYTEA NOT NULL,
    provenance BYTEA NOT NULL,
    tokens BYTEA NOT NULL,
    PRIMARY KEY (csa, child_id),
    FOREIGN KEY(csa, wrap_key_id) REFERENCES wrap_key (csa, wrap_key_id)
);

CREATE TABLE feed_source (
    csa TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    agency_id UUID NOT NULL,
    as_of DATE,
    PRIMARY KEY (csa, source),
    FOREIGN KEY(csa, agency_id) REFERENCES agency (csa, agency_id)
);

CREATE TABLE practitioner (
    csa TEXT COLLATE "C" NOT NULL,
    practitioner_id UUID NOT NULL,
    wrap_key_id INTEGER NOT NULL,
    wrapped_key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (csa, practitioner_id),
    FOREIGN KEY(csa, wrap_key_id) REFERENCES wrap_key (csa, wrap_key_id)
);

CREATE TABLE feed_batch (
    csa TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    batch_id TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL,
    wrap_key_id INTEGER NOT NULL,
    wrapped_key BYTEA NOT NULL,
    lines INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    complete SMALLINT NOT NULL,
    sealed BYTEA NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, source, batch_id),
    FOREIGN KEY(csa, source) REFERENCES feed_source (csa, source),
    FOREIGN KEY(csa, wrap_key_id) REFERENCES wrap_key (csa, wrap_key_id)
);

CREATE TABLE feed_invalid (
    csa TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    batch_id TEXT COLLATE "C" NOT NULL,
    line INTEGER NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (csa, source, batch_id, line),
    FOREIGN KEY(csa, source, batch_id) REFERENCES feed_batch (csa, source, batch_id)
);
