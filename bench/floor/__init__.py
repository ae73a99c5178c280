"""The floor: the least Django and Channels that is still a group chat. What a room is measured against."""
