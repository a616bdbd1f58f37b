/** Names of probes, of the keys in their facts, and of values that are words of ours. */
export const facts = {
  probe: {
    foreground: 'Foreground program',
    events: 'Error events',
    network: 'Network',
    wifi: 'Wi-Fi and VPN',
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
    // foreground
    app: 'Program', name: 'Name', executable: 'Program file', exe: 'Program file', version: 'Version', publisher: 'Publisher', title: 'Window title',
    responding: 'Responding', previous: 'Before it', recent: 'Before it', before: 'Before it', pid: 'Process', path: 'Path', current: 'Now', since: 'Since', for_s: 'For',
    description: 'Description', active: 'Active', product: 'Product', active_for_s: 'In front for', last_active_at: 'Last in front',
    // events
    source: 'Source', provider: 'Source', id: 'Code', event_id: 'Event code', count: 'Times', level: 'Level', message: 'Message', sample: 'Example', first_at: 'First', last_at: 'Last', at: 'When',
    events: 'Events', groups: 'Groups', window_s: 'Looked back', window_minutes: 'Looked back', priority: 'Level', unit: 'Service', total: 'In all', log: 'Log', channel: 'Log', folded: 'Folded',
    // network
    link: 'Link', links: 'Links', interfaces: 'Adapters', interface: 'Adapter', adapter: 'Adapter', adapters: 'Adapters', up: 'Up', kind: 'Kind', mac: 'MAC', address: 'Address', addresses: 'Addresses', apipa: 'Self-assigned address', ipv4: 'IPv4', ipv6: 'IPv6',
    gateway: 'Gateway', reachable: 'Reachable', answers: 'Answers', rtt_ms: 'Round trip', latency_ms: 'Latency', loss_percent: 'Loss', dns: 'Name resolution', servers: 'Servers', server: 'Server', resolves: 'Resolves', resolved: 'Resolved', took_ms: 'Took',
    proxy: 'Proxy', pac: 'Proxy script', pac_url: 'Proxy script', captive_portal: 'Sign-in page of a guest network', portal: 'Sign-in page of a guest network', internet: 'Internet', services: 'Company services', service: 'Service', host: 'Host', port: 'Port', url: 'Address', tcp: 'Connection', tcp_ms: 'Connection', tls: 'Encryption', tls_ms: 'Encryption', http: 'HTTP', http_status: 'HTTP status', http_ms: 'HTTP answer', status: 'State', error: 'Error', ok: 'In order',
    dhcp: 'DHCP', carrier: 'Cable', speed_mbps: 'Speed', duplex: 'Duplex', mtu: 'MTU', default_route: 'Default route', wireless: 'Wireless', metered: 'Metered', search_domains: 'Search domains', domain: 'Domain', break_at: 'Breaks at', broken_at: 'Breaks at', rung: 'Rung', verdict: 'Outcome', state: 'State', configured: 'Configured', test_name: 'Test name', method: 'Way', via: 'Via', collector: 'Collector', connected: 'Connected', link_local: 'Self-assigned address', used: 'Used', mode: 'Mode', bypass: 'Exceptions', names: 'Names', failed: 'Failed', certificate: 'Certificate', issuer: 'Issuer', expires_at: 'Expires', prefix: 'Prefix', first_broken: 'Breaks at', has_address: 'Has an address', neighbour: 'Neighbour', icmp: 'Ping', online: 'Online', tcp_ok: 'Connects', tls_ok: 'Encryption in order', redirect: 'Redirect', redirect_host: 'Redirects to', present: 'Present', default: 'Default',
    // wifi
    ssid: 'Network name', ssid_hash: 'Network (hashed)', bssid_hash: 'Access point (hashed)', signal_dbm: 'Signal', signal_percent: 'Signal', quality_percent: 'Quality', band: 'Band', band_ghz: 'Band, GHz', channel_mhz: 'Channel', frequency_mhz: 'Frequency', rx_mbps: 'Receive rate', tx_mbps: 'Send rate', vpn: 'VPN', vpns: 'VPN', security: 'Protection', noise_dbm: 'Noise', radio: 'Radio', radio_on: 'Radio on', blocked: 'Switched off', bitrate_mbps: 'Rate', wifi: 'Wi-Fi', driver: 'Driver',
    // disks
    volumes: 'Volumes', mount: 'Volume', fs: 'File system', total_bytes: 'Size', free_bytes: 'Free', free_percent: 'Free share', read_only: 'Read-only', fs_errors: 'File system errors', devices: 'Devices', model: 'Model', rotational: 'Spinning', size_bytes: 'Capacity', health: 'Health', health_reason: 'Sign of failure', temperature_celsius: 'Temperature',
    // load
    cpu_percent: 'Processor', cpus: 'Logical processors', memory_total_bytes: 'Memory', memory_available_bytes: 'Memory available', memory_used_percent: 'Memory used', commit_percent: 'Commit', swap_total_bytes: 'Swap', swap_used_bytes: 'Swap used', pressure: 'Pressure', cpu_some_avg10: 'Waits for processor', memory_some_avg10: 'Waits for memory', io_some_avg10: 'Waits for disk', disk_busy_percent: 'Disk busy', load1: 'Load over a minute', top_cpu: 'Most processor', top_memory: 'Most memory', hung_windows: 'Windows that hang', memory_bytes: 'Memory', processes: 'Processes', percent: 'Share', bytes: 'Memory',
    // boot
    uptime_s: 'Up for', booted_at: 'Started', last_boot_reason: 'Reason of the start', reboot_pending: 'Restart pending', reboot_pending_reasons: 'Why a restart', last_crash: 'Last crash of the system',
    // clock
    skew_ms: 'Clock is ahead by', time_zone: 'Time zone', utc_offset_minutes: 'Offset from UTC', synchronised: 'Synchronised',
    // os
    family: 'Family', build: 'Build', kernel: 'Kernel', architecture: 'Architecture', last_update_at: 'Last updates', patch_age_days: 'Updates are', failed_updates: 'Failed updates', pretty_name: 'System',
    // power
    on_battery: 'On battery', battery_percent: 'Charge', battery_health_percent: 'Battery health', plan: 'Power plan', throttled: 'Throttled',
    // session
    protocol: 'Protocol', user: 'User', other_users: 'Other users', locale: 'Locale', desktop: 'Desktop',
  },

  value: {
    kernel_panic: 'kernel panic', bugcheck: 'stop error', unexpected_shutdown: 'unexpected shutdown', fast_startup: 'fast start-up', normal: 'normal',
    windows_update: 'Windows Update', component_servicing: 'component servicing', file_rename: 'files to be replaced', computer_rename: 'computer renamed', kernel_replaced: 'kernel replaced',
    failing: 'failing', unknown: 'unknown', console: 'at the computer', remote: 'remote', vdi: 'virtual desktop', smart: 'SMART', offline: 'offline', array_degraded: 'array degraded', end_of_life: 'worn out',
    error: 'error', critical: 'critical', warning: 'warning', information: 'information', ethernet: 'cable', wifi: 'Wi-Fi', vpn: 'VPN', loopback: 'loopback', virtual: 'virtual',
    timed_out: 'timed out', refused: 'refused', unreachable: 'unreachable', unresolved: 'name not resolved', reachable: 'reachable', connected: 'connected', disconnected: 'not connected', none: 'none', direct: 'direct', manual: 'set by hand', automatic: 'automatic', gateway: 'gateway', link: 'link', address: 'address', internet: 'internet', services: 'company services', proxy: 'proxy', captive_portal: 'guest network’s sign-in page', dns: 'name resolution',
    skipped: 'not tried', up: 'up', down: 'down', ok: 'in order', failed: 'failed', balanced: 'balanced', performance: 'performance', 'power-saver': 'power saver',
  },
};
