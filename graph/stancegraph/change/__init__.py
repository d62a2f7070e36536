"""Who changed position, when, between which words.

    shifts.shifts                  two dated statements of one actor on one target, at different levels
    phases.phases                  windows in which actors stand alike, and which words turned between them
    realignment.blocs_over_time    blocs and polarisation at several times, and who stands with others than before

Each is imported from its module; nothing is bound here, as a function of a module's name would hide the module.
"""
