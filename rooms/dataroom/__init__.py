"""The data room: granted tables as files, and read-only questions asked of them in a process of their own."""
