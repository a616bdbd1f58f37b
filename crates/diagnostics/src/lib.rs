//! What the machine is asked: probes
