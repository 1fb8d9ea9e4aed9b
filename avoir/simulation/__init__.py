"""A world in which everything goes wrong, and can be seen again: the law and the clerk on a virtual clock.

Several servers with a clerk and a worker each share books that are kept in memory. Callers ask, tire of
waiting and ask again; a gateway delays, loses and repeats; databases forget their answers; servers die
between any two steps and rise again. All chance comes from one seed: the same seed is the same history.
"""
