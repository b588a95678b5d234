// The ide_km machine.
