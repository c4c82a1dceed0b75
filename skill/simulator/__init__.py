"""Alexa's part of a conversation, played on this machine: words in, a realistic request to the skill, its reply out."""
