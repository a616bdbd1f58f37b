/** Names of probes, of the keys in their facts, and of values that are words of ours. */
export const facts = {
  probe: {
    foreground: 'Foreground program',
    events: 'Error events',
    network: 'Network',
    wifi: 'Wi-Fi',
    disks: 'Disks',
    load: 'Load',
    boot: 'Last start',
    clock: 'Clock',
    os: 'Operating system',
    power: 'Power',
    session: 'Session',
  },

  /** By the last part of the path; the unit at the end of a key is not repeated in its label. */
  key: {
    executable: 'Program file', name: 'Name', version: 'Version', publisher: 'Publisher', title: 'Window title', pid: 'Process', responding: 'Responding', session_type: 'Graphics session', recent: 'Before it', window_s: 'Looked back', groups: 'Groups', total: 'Errors in all', system_log_readable: 'System log readable', provider: 'Source', id: 'Code', level: 'Level', count: 'Times', first_at: 'First', last_at: 'Last', message: 'Message',
    interfaces: 'Adapters', kind: 'Kind', up: 'Up', addresses: 'Addresses', apipa: 'Self-assigned address', link: 'Link', address: 'Address', gateway: 'Gateway', rtt_ms: 'Round trip', dns: 'Name resolution', servers: 'Servers', took_ms: 'Took', proxy: 'Proxy', mode: 'Mode', url: 'Address', captive_portal: 'Sign-in page of a guest network', detected: 'Detected', internet: 'Internet', collector: 'Collector', services: 'Company services', service: 'Service', vpn: 'VPN', broken_rung: 'Breaks at', ok: 'In order', check: 'Check', tcp_ms: 'Connection', tls: 'Encryption', status: 'HTTP status', error: 'Error',
    connected: 'Connected', signal_dbm: 'Signal', signal_percent: 'Signal', band_ghz: 'Band, GHz', ssid_hash: 'Network (hashed)', interface: 'Adapter', link_mbps: 'Rate',
    volumes: 'Volumes', mount: 'Volume', fs: 'File system', total_bytes: 'Size', free_bytes: 'Free', free_percent: 'Free share', read_only: 'Read-only', fs_errors: 'File system errors', devices: 'Devices', model: 'Model', rotational: 'Spinning', size_bytes: 'Capacity', health: 'Health', health_reason: 'Sign of failure',
    cpu_percent: 'Processor', cpus: 'Logical processors', memory_total_bytes: 'Memory', memory_available_bytes: 'Memory available', memory_used_percent: 'Memory used', commit_percent: 'Commit', swap_total_bytes: 'Swap', swap_used_bytes: 'Swap used', pressure: 'Pressure', cpu_some_avg10: 'Waits for processor', memory_some_avg10: 'Waits for memory', io_some_avg10: 'Waits for disk', disk_busy_percent: 'Disk busy', load1: 'Load over a minute', top_cpu: 'Most processor', top_memory: 'Most memory', hung_windows: 'Windows that hang', percent: 'Share', bytes: 'Memory', processes: 'Processes',
    uptime_s: 'Up for', booted_at: 'Started', last_boot_reason: 'Reason of the start', reboot_pending: 'Restart pending', reboot_pending_reasons: 'Why a restart', last_crash: 'Last crash of the system', at: 'When',
    skew_ms: 'Clock is ahead by', time_zone: 'Time zone', utc_offset_minutes: 'Offset from UTC', synchronised: 'Synchronised',
    family: 'Family', build: 'Build', kernel: 'Kernel', architecture: 'Architecture', last_update_at: 'Last updates', patch_age_days: 'Updates are', failed_updates: 'Failed updates', pretty_name: 'System',
    on_battery: 'On battery', battery_percent: 'Charge', battery_health_percent: 'Battery health', plan: 'Power plan', throttled: 'Throttled',
    protocol: 'Protocol', user: 'User', other_users: 'Other users', locale: 'Locale', desktop: 'Desktop',
  },

  value: {
    kernel_panic: 'kernel panic', bugcheck: 'stop error', unexpected_shutdown: 'unexpected shutdown', fast_startup: 'fast start-up', normal: 'normal',
    windows_update: 'Windows Update', component_servicing: 'component servicing', file_rename: 'files to be replaced', computer_rename: 'computer renamed', kernel_replaced: 'kernel replaced',
    failing: 'failing', unknown: 'unknown', console: 'at the computer', remote: 'remote', vdi: 'virtual desktop', smart: 'SMART', offline: 'offline', array_degraded: 'array degraded', end_of_life: 'worn out',
    error: 'error', critical: 'critical', warning: 'warning', information: 'information', ethernet: 'cable', wifi: 'Wi-Fi', vpn: 'VPN', loopback: 'loopback', virtual: 'virtual',
    timed_out: 'timed out', refused: 'refused', unreachable: 'unreachable', unresolved: 'name not resolved', reachable: 'reachable', connected: 'connected', disconnected: 'not connected', none: 'none', direct: 'direct', manual: 'set by hand', automatic: 'automatic', gateway: 'gateway', link: 'link', address: 'address', internet: 'internet', services: 'company services', proxy: 'proxy', captive_portal: 'guest network’s sign-in page', dns: 'name resolution',
    proxy_authentication: 'the proxy wants a sign-in', proxy_error: 'the proxy failed', server_error: 'the server failed', pac: 'script', resume_from_hibernation: 'woken from hibernation', service: 'company service', collector: 'collector',
    skipped: 'not tried', up: 'up', down: 'down', ok: 'in order', failed: 'failed', balanced: 'balanced', performance: 'performance', 'power-saver': 'power saver',
  },
};
