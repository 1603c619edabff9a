-- One row is one model of this publication: the rows and seconds it took to build, and the run that built it.
-- fingerprint is the same as long as its SQL, its parameters and all it reads are; checked_fingerprint differs from it
-- where a suite took rows out of the table afterwards.
create table if not exists ops.models (
    relation varchar,
    fingerprint varchar,
    checked_fingerprint varchar,
    row_count bigint,
    seconds decimal(12, 3),
    built_by varchar
);
