"""What records are made of: tables as text, and people's tables read. Pure."""
