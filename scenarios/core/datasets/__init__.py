"""Tables made from recipes: built from a seed, spoilt on purpose, narrowed and described. Pure."""
