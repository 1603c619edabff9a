-- One row is one contract whose document was looked for in the folders of exports given to a run, and what was found.
-- state: intact (its hash is the contract's) | changed | present (the contract gives no hash) | missing | outside (the path leads
-- out of the folder) | too_large | unreadable. Looked at again by each run that is given exports; kept until then.
create table if not exists ops.contract_documents (
    contract_id varchar,
    document_path varchar,
    document_sha256 varchar,
    state varchar,
    found_sha256 varchar,
    byte_count bigint,
    checked_at timestamp
);
