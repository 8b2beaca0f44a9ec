"""Use cases, presenters and the tables of actions: what the program does, without Qt."""
