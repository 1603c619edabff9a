-- A pseudo-random whole number in [0, below): the same for the same row, purpose and seed on every machine and thread.
create or replace macro draw(row_id, purpose, below) as (
    (hash(row_id::bigint, purpose, getvariable('demo_seed')) % below::ubigint)::integer
);
