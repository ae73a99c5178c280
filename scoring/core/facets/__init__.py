"""A many-facet partial-credit model of ratings with honest intervals. See docs/model.md.

kernel   what one mark says of its level: the link, and nothing else differs between links
design   ratings as unknowns: which effects there are, and how they fall into blocks
blocks   eliminate the blocks, solve the rest, and find every variance
fit      the best Gaussian for all effects, at given spreads
spread   the spreads themselves, by EM
mixture  doubt about the spreads, integrated over
fitted   what a fit can be asked
"""
