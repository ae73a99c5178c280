"""The rotation planner: who plays which role in which room and round. Pure; see docs/rotation.md."""
