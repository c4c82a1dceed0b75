"""The content, and the rules that it is held to: python -m skill.content check | report."""
