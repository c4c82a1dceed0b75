"""Cancer Guide: an Alexa skill that answers spoken questions about metastatic cancer and about who can help."""
