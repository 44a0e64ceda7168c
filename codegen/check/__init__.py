"""What a spec must be: its structure, and what its words mean."""
