"""What the command ``doctor`` looks at, step by step."""
