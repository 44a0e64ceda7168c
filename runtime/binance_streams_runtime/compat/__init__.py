"""The interface of the old connector."""
