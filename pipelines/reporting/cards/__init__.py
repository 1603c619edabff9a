"""The cards of the pages, one file a section: from plain rows to titles, tables and charts."""
