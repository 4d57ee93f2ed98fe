-- Years of the log whose entries are dropped, and the year rows that name nobody are of.

CREATE TABLE log_expired (
    csa TEXT COLLATE "C" NOT NULL,
    year SMALLINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (csa, year)
);

ALTER TABLE access_subject
    ADD COLUMN year SMALLINT DEFAULT extract(year from (now() at time zone 'UTC')) NOT NULL;

ALTER TABLE access_actor
    ADD COLUMN year SMALLINT DEFAULT extract(year from (now() at time zone 'UTC')) NOT NULL;
