"""Who changed position, when, between which words.

    positions.own_positions        who held which position when
    shifts.shifts                  two dated statements of one actor on one target, at different levels
    timeline.timeline              everything said, oldest first, one row for each target
    realignment.blocs_over_time    blocs and polarisation at several times, and who stands with others than before

The last three give `records.Rows`: a list of rows, with `notes` on what was left out of it. Each is imported from
its module; nothing is bound here, as a function of a module's name would hide the module.
"""
