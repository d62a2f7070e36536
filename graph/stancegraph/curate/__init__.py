"""Curating: from an article to statements that a person has checked."""
