import type { facts as en } from './en.facts';
import type { Same } from './message';

/** Названия проверок, полей в их ответах и значений, которые мы называем сами. */
export const facts: Same<typeof en> = {
  probe: {
    foreground: 'Активная программа',
    events: 'Ошибки в журнале',
    network: 'Сеть',
    wifi: 'Wi-Fi',
    disks: 'Диски',
    load: 'Нагрузка',
    boot: 'Последний запуск',
    clock: 'Часы',
    os: 'Операционная система',
    power: 'Питание',
    session: 'Сеанс',
  },

  key: {
    executable: 'Файл программы', name: 'Имя', version: 'Версия', publisher: 'Издатель', title: 'Заголовок окна', pid: 'Процесс', responding: 'Отвечает', session_type: 'Графический сеанс', recent: 'До неё', window_s: 'За период', groups: 'Группы', total: 'Ошибок всего', system_log_readable: 'Журнал системы доступен', provider: 'Источник', id: 'Код', level: 'Уровень', count: 'Сколько раз', first_at: 'Впервые', last_at: 'В последний раз', message: 'Сообщение',
    interfaces: 'Адаптеры', kind: 'Вид', up: 'Включён', addresses: 'Адреса', apipa: 'Адрес назначен сам себе', link: 'Подключение', address: 'Адрес', gateway: 'Шлюз', rtt_ms: 'Время отклика', dns: 'Разрешение имён', servers: 'Серверы', took_ms: 'Заняло', proxy: 'Прокси', mode: 'Режим', url: 'Адрес', captive_portal: 'Страница входа гостевой сети', detected: 'Обнаружена', internet: 'Интернет', collector: 'Сервер обращений', services: 'Сервисы организации', service: 'Сервис', vpn: 'VPN', broken_rung: 'Где обрыв', ok: 'Исправно', check: 'Проверка', tcp_ms: 'Соединение', tls: 'Шифрование', status: 'Код HTTP', error: 'Ошибка',
    connected: 'Подключён', signal_dbm: 'Сигнал', signal_percent: 'Сигнал', band_ghz: 'Диапазон, ГГц', ssid_hash: 'Сеть (хеш)', interface: 'Адаптер', link_mbps: 'Скорость',
    volumes: 'Тома', mount: 'Том', fs: 'Файловая система', total_bytes: 'Объём', free_bytes: 'Свободно', free_percent: 'Доля свободного', read_only: 'Только чтение', fs_errors: 'Ошибки файловой системы', devices: 'Устройства', model: 'Модель', rotational: 'Вращающийся', size_bytes: 'Ёмкость', health: 'Исправность', health_reason: 'Признак отказа',
    cpu_percent: 'Процессор', cpus: 'Логических процессоров', memory_total_bytes: 'Память', memory_available_bytes: 'Памяти доступно', memory_used_percent: 'Памяти занято', commit_percent: 'Выделено памяти', swap_total_bytes: 'Файл подкачки', swap_used_bytes: 'Подкачки занято', pressure: 'Нехватка ресурсов', cpu_some_avg10: 'Ждут процессора', memory_some_avg10: 'Ждут памяти', io_some_avg10: 'Ждут диска', disk_busy_percent: 'Диск занят', load1: 'Нагрузка за минуту', top_cpu: 'Больше всего процессора', top_memory: 'Больше всего памяти', hung_windows: 'Зависшие окна', percent: 'Доля', bytes: 'Память', processes: 'Процессов',
    uptime_s: 'Работает без перезагрузки', booted_at: 'Запущен', last_boot_reason: 'Причина запуска', reboot_pending: 'Ждёт перезагрузки', reboot_pending_reasons: 'Зачем перезагрузка', last_crash: 'Последний сбой системы', at: 'Когда',
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
    proxy_authentication: 'прокси требует входа', proxy_error: 'ошибка прокси', server_error: 'ошибка сервера', pac: 'сценарий', resume_from_hibernation: 'выход из гибернации', service: 'сервис организации', collector: 'сервер обращений',
    skipped: 'не проверялось', up: 'включён', down: 'выключен', ok: 'исправно', failed: 'ошибка', balanced: 'сбалансированная', performance: 'производительность', 'power-saver': 'экономия энергии',
  },
};
