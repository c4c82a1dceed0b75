"""The interaction model that Alexa understands people with: compiled from the content, linted, and committed.

`python -m interaction_model` writes <locale>.json; nobody edits that file.
"""
