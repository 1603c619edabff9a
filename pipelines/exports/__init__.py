"""Exports in."""
