"""Recordings: their lines, their parts, and a session that follows one. No files, no clock."""
