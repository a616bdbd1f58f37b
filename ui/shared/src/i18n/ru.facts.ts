import type { facts as en } from './en.facts';
import type { Same } from './message';

/** Названия проверок, полей в их ответах и значений, которые мы называем сами. */
export const facts: Same<typeof en> = {
  probe: {
    foreground: 'Активная программа',
    events: 'Ошибки в журнале',
    network: 'Сеть',
    wifi: 'Wi-Fi и VPN',
    disks: 'Диски',
    load: 'Нагрузка',
    boot: 'Последний запуск',
    clock: 'Часы',
    os: 'Операционная система',
    power: 'Питание',
    session: 'Сеанс',
  },

  key: {
    app: 'Программа', name: 'Имя', executable: 'Файл программы', exe: 'Файл программы', version: 'Версия', publisher: 'Издатель', title: 'Заголовок окна',
    responding: 'Отвечает', previous: 'До неё', recent: 'До неё', before: 'До неё', pid: 'Процесс', path: 'Путь', current: 'Сейчас', since: 'С какого времени', for_s: 'В течение',
    description: 'Описание', active: 'Активно', product: 'Продукт', active_for_s: 'На переднем плане', last_active_at: 'Была активна',
    source: 'Источник', provider: 'Источник', id: 'Код', event_id: 'Код события', count: 'Сколько раз', level: 'Уровень', message: 'Сообщение', sample: 'Пример', first_at: 'Впервые', last_at: 'В последний раз', at: 'Когда',
    events: 'События', groups: 'Группы', window_s: 'За период', window_minutes: 'За период', priority: 'Уровень', unit: 'Служба', total: 'Всего', log: 'Журнал', channel: 'Журнал', folded: 'Свёрнуто',
    link: 'Подключение', links: 'Подключения', interfaces: 'Адаптеры', interface: 'Адаптер', adapter: 'Адаптер', adapters: 'Адаптеры', up: 'Включён', kind: 'Вид', mac: 'MAC', address: 'Адрес', addresses: 'Адреса', apipa: 'Адрес назначен сам себе', ipv4: 'IPv4', ipv6: 'IPv6',
    gateway: 'Шлюз', reachable: 'Доступен', answers: 'Отвечает', rtt_ms: 'Время отклика', latency_ms: 'Задержка', loss_percent: 'Потери', dns: 'Разрешение имён', servers: 'Серверы', server: 'Сервер', resolves: 'Имена разрешаются', resolved: 'Имя разрешено', took_ms: 'Заняло',
    proxy: 'Прокси', pac: 'Сценарий прокси', pac_url: 'Сценарий прокси', captive_portal: 'Страница входа гостевой сети', portal: 'Страница входа гостевой сети', internet: 'Интернет', services: 'Сервисы организации', service: 'Сервис', host: 'Узел', port: 'Порт', url: 'Адрес', tcp: 'Соединение', tcp_ms: 'Соединение', tls: 'Шифрование', tls_ms: 'Шифрование', http: 'HTTP', http_status: 'Код HTTP', http_ms: 'Ответ HTTP', status: 'Состояние', error: 'Ошибка', ok: 'Исправно',
    dhcp: 'DHCP', carrier: 'Кабель', speed_mbps: 'Скорость', duplex: 'Дуплекс', mtu: 'MTU', default_route: 'Маршрут по умолчанию', wireless: 'Беспроводное', metered: 'Лимитное', search_domains: 'Домены поиска', domain: 'Домен', break_at: 'Где обрыв', broken_at: 'Где обрыв', rung: 'Ступень', verdict: 'Итог', state: 'Состояние', configured: 'Настроено', test_name: 'Проверяемое имя', method: 'Способ', via: 'Через', collector: 'Сервер обращений', connected: 'Подключён', link_local: 'Адрес назначен сам себе', used: 'Используется', mode: 'Режим', bypass: 'Исключения', names: 'Имена', failed: 'Ошибок', certificate: 'Сертификат', issuer: 'Кем выдан', expires_at: 'Действует до', prefix: 'Префикс', first_broken: 'Где обрыв', has_address: 'Адрес есть', neighbour: 'Сосед', icmp: 'Ping', online: 'В сети', tcp_ok: 'Соединяется', tls_ok: 'Шифрование исправно', redirect: 'Перенаправление', redirect_host: 'Перенаправляет на', present: 'Есть', default: 'По умолчанию',
    ssid: 'Имя сети', ssid_hash: 'Сеть (хеш)', bssid_hash: 'Точка доступа (хеш)', signal_dbm: 'Сигнал', signal_percent: 'Сигнал', quality_percent: 'Качество', band: 'Диапазон', band_ghz: 'Диапазон, ГГц', channel_mhz: 'Канал', frequency_mhz: 'Частота', rx_mbps: 'Скорость приёма', tx_mbps: 'Скорость передачи', vpn: 'VPN', vpns: 'VPN', security: 'Защита', noise_dbm: 'Шум', radio: 'Радио', radio_on: 'Радио включено', blocked: 'Выключен', bitrate_mbps: 'Скорость', wifi: 'Wi-Fi', driver: 'Драйвер',
    volumes: 'Тома', mount: 'Том', fs: 'Файловая система', total_bytes: 'Объём', free_bytes: 'Свободно', free_percent: 'Доля свободного', read_only: 'Только чтение', fs_errors: 'Ошибки файловой системы', devices: 'Устройства', model: 'Модель', rotational: 'Вращающийся', size_bytes: 'Ёмкость', health: 'Исправность', health_reason: 'Признак отказа', temperature_celsius: 'Температура',
    cpu_percent: 'Процессор', cpus: 'Логических процессоров', memory_total_bytes: 'Память', memory_available_bytes: 'Памяти доступно', memory_used_percent: 'Памяти занято', commit_percent: 'Выделено памяти', swap_total_bytes: 'Файл подкачки', swap_used_bytes: 'Подкачки занято', pressure: 'Нехватка ресурсов', cpu_some_avg10: 'Ждут процессора', memory_some_avg10: 'Ждут памяти', io_some_avg10: 'Ждут диска', disk_busy_percent: 'Диск занят', load1: 'Нагрузка за минуту', top_cpu: 'Больше всего процессора', top_memory: 'Больше всего памяти', hung_windows: 'Зависшие окна', memory_bytes: 'Память', processes: 'Процессов', percent: 'Доля', bytes: 'Память',
    uptime_s: 'Работает без перезагрузки', booted_at: 'Запущен', last_boot_reason: 'Причина запуска', reboot_pending: 'Ждёт перезагрузки', reboot_pending_reasons: 'Зачем перезагрузка', last_crash: 'Последний сбой системы',
    skew_ms: 'Часы спешат на', time_zone: 'Часовой пояс', utc_offset_minutes: 'Смещение от UTC', synchronised: 'Синхронизированы',
    family: 'Семейство', build: 'Сборка', kernel: 'Ядро', architecture: 'Архитектура', last_update_at: 'Последние обновления', patch_age_days: 'Обновлениям', failed_updates: 'Неудачных обновлений', pretty_name: 'Система',
    on_battery: 'От батареи', battery_percent: 'Заряд', battery_health_percent: 'Состояние батареи', plan: 'Схема питания', throttled: 'Частота снижена',
    protocol: 'Протокол', user: 'Пользователь', other_users: 'Других пользователей', locale: 'Язык и регион', desktop: 'Рабочая среда',
  },

  value: {
    kernel_panic: 'паника ядра', bugcheck: 'синий экран', unexpected_shutdown: 'внезапное выключение', fast_startup: 'быстрый запуск', normal: 'обычный',
    windows_update: 'Центр обновления Windows', component_servicing: 'обслуживание компонентов', file_rename: 'замена файлов', computer_rename: 'переименование компьютера', kernel_replaced: 'обновлено ядро',
    failing: 'отказывает', unknown: 'неизвестно', console: 'за компьютером', remote: 'удалённый', vdi: 'виртуальный рабочий стол', smart: 'SMART', offline: 'отключён', array_degraded: 'массив неполон', end_of_life: 'изношен',
    error: 'ошибка', critical: 'критическая', warning: 'предупреждение', information: 'сведения', ethernet: 'кабель', wifi: 'Wi-Fi', vpn: 'VPN', loopback: 'локальный', virtual: 'виртуальный',
    timed_out: 'нет ответа', refused: 'отказано в соединении', unreachable: 'недоступен', unresolved: 'имя не разрешается', reachable: 'доступен', connected: 'подключён', disconnected: 'не подключён', none: 'нет', direct: 'напрямую', manual: 'вручную', automatic: 'автоматически', gateway: 'шлюз', link: 'подключение', address: 'адрес', internet: 'интернет', services: 'сервисы организации', proxy: 'прокси', captive_portal: 'страница входа гостевой сети', dns: 'разрешение имён',
    skipped: 'не проверялось', up: 'включён', down: 'выключен', ok: 'исправно', failed: 'ошибка', balanced: 'сбалансированная', performance: 'производительность', 'power-saver': 'экономия энергии',
  },
};
