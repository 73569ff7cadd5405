"""Where the team works: tasks, leads, campaigns and figures, behind the entrance."""
