"""Plain rows for the pages, read from the published file by the queries under `reports/queries`."""
