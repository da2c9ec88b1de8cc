"""Rules about programs that name a fault outside of themselves: data, disks, certificates, access, dependencies."""
