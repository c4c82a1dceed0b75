"""The same answers as web pages: for whoever follows a card's link, and for the stores that ask for them."""
