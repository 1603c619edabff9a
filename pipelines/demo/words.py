"""Made-up names: customers, products and people of a company that exists nowhere.

Every list is a parameter of the SQL in `sql/demo`, where a draw picks from it.
"""

from __future__ import annotations

# City, region, district code (GB/T 2260) as it stands in a tax number.
_CITIES = (
    ("北京", "华北", "110105"),
    ("天津", "华北", "120101"),
    ("石家庄", "华北", "130102"),
    ("太原", "华北", "140105"),
    ("沈阳", "东北", "210102"),
    ("大连", "东北", "210202"),
    ("长春", "东北", "220102"),
    ("上海", "华东", "310115"),
    ("南京", "华东", "320102"),
    ("无锡", "华东", "320211"),
    ("苏州", "华东", "320505"),
    ("杭州", "华东", "330106"),
    ("宁波", "华东", "330203"),
    ("合肥", "华东", "340104"),
    ("厦门", "华南", "350203"),
    ("广州", "华南", "440106"),
    ("深圳", "华南", "440305"),
    ("佛山", "华南", "440604"),
    ("济南", "华北", "370102"),
    ("青岛", "华北", "370202"),
    ("郑州", "华中", "410105"),
    ("武汉", "华中", "420106"),
    ("长沙", "华中", "430102"),
    ("重庆", "西南", "500103"),
    ("成都", "西南", "510104"),
    ("西安", "西北", "610113"),
)

_SYLLABLES = (
    "恒 瑞 泰 华 盛 永 嘉 德 兴 安 通 达 宏 明 远 博 联 创 正 信 "
    "金 海 天 润 丰 诚 科 锐 旭 凯 鼎 辰 建 汇 佳 航 宇 新 中 东"
)
_ENDINGS = (
    "源 利 昌 隆 发 成 立 和 康 美 邦 力 特 宝 顺 升 洋 峰 锋 晟 "
    "誉 腾 捷 翔 众 元 祥 益 拓 铭 毅 晖 朗 森 霖 川 岳 岩 桥 程"
)
_INDUSTRIES = "机电 五金 自动化 电气 轴承 装备 包装 化工 汽配 环保 建材 电子"

# Two for each region in its order above; the two who sell abroad follow.
_SALES_REPS = "陈立 王芳 刘洋 赵敏 周强 吴静 孙磊 郑洁 冯涛 何琳 许波 邓超 曹颖 彭勇"

_FIRST_WORDS = (
    "Amber Anchor Arbor Beacon Birch Bright Cedar Clover Copper Coral Crest Delta Eagle Elm Ember Falcon Fern Flint "
    "Granite Harbor Hazel Heron Iron Ivory Juniper Keel Lantern Linden Maple Marble Mercer Oak Orchard Pearl Quarry "
    "Raven Silver Summit Tidal Willow"
)
_SECOND_WORDS = (
    "Bay Bridge Brook Canyon Castle Cliff Cross Dale Dock Farm Field Ford Forge Gate Glen Grove Hall Hill House Lake "
    "Land Lock March Mill Moor Mount Park Point Port Ridge River Rock Shore Spring Stone Tower Vale View Wharf Wood"
)
_FOREIGN_CITIES = (
    "Rotterdam Hamburg Antwerp Valencia Gdansk Izmir Busan Osaka Penang Manila Durban Santos Callao Tampa Halifax "
    "Auckland"
)

# Name, category, specification, list price in yuan before tax.
_PRODUCTS: tuple[tuple[str, str, str, int], ...] = (
    ("外六角螺栓 M8", "紧固件", "8.8级 镀锌", 2),
    ("外六角螺栓 M12", "紧固件", "10.9级 发黑", 4),
    ("内六角螺钉 M6", "紧固件", "12.9级", 2),
    ("膨胀螺栓 M10", "紧固件", "304不锈钢", 6),
    ("深沟球轴承 6204", "轴承传动", "2RS", 18),
    ("深沟球轴承 6308", "轴承传动", "ZZ", 46),
    ("圆锥滚子轴承 30210", "轴承传动", "P6", 88),
    ("直线导轨 HGR20", "轴承传动", "1000mm", 236),
    ("滚珠丝杠 SFU1605", "轴承传动", "500mm", 318),
    ("同步带 HTD-8M", "轴承传动", "1200mm", 64),
    ("减速机 NMRV050", "轴承传动", "速比30", 560),
    ("伺服电机 750W", "电气元件", "17位编码器", 1480),
    ("变频器 2.2kW", "电气元件", "三相380V", 1120),
    ("可编程控制器 32点", "电气元件", "晶体管输出", 1860),
    ("接近开关 M18", "电气元件", "PNP 常开", 58),
    ("交流接触器 32A", "电气元件", "线圈220V", 96),
    ("塑壳断路器 100A", "电气元件", "3P", 240),
    ("控制电缆 RVV 4×1.5", "电气元件", "100米/卷", 620),
    ("工业触摸屏 7寸", "电气元件", "以太网", 780),
    ("气缸 SC63×100", "气动液压", "双作用", 186),
    ("电磁阀 4V210", "气动液压", "DC24V", 62),
    ("气源三联件", "气动液压", "G1/4", 118),
    ("液压齿轮泵 CBN-16", "气动液压", "逆时针", 680),
    ("液压软管总成", "气动液压", "DN12 2米", 96),
    ("油封 45×62×8", "气动液压", "丁腈橡胶", 8),
    ("数显卡尺 150mm", "工具量具", "0.01mm", 168),
    ("外径千分尺 25mm", "工具量具", "0.001mm", 220),
    ("充电式电钻 20V", "工具量具", "双电池", 520),
    ("角磨机 125mm", "工具量具", "1100W", 268),
    ("套筒扳手组套 46件", "工具量具", "铬钒钢", 158),
    ("硬质合金立铣刀 D10", "工具量具", "4刃", 76),
    ("数控刀片 CNMG120408", "工具量具", "10片/盒", 190),
    ("安全帽 ABS", "劳保用品", "红/黄/蓝", 24),
    ("防静电手套", "劳保用品", "12双/包", 36),
    ("防护眼镜", "劳保用品", "防雾", 18),
    ("安全鞋", "劳保用品", "防砸防刺", 128),
    ("防尘口罩 KN95", "劳保用品", "50只/盒", 60),
    ("工业清洗剂", "化工辅料", "按公斤", 22),
    ("锂基润滑脂", "化工辅料", "按公斤", 36),
    ("环氧结构胶", "化工辅料", "按公斤", 96),
    ("切削液", "化工辅料", "按公斤", 28),
    ("防锈油", "化工辅料", "按公斤", 32),
    ("设备安装调试", "技术服务", "人天", 1800),
    ("年度维保", "技术服务", "台·年", 4600),
    ("现场培训", "技术服务", "人天", 1500),
    ("校准检定服务", "技术服务", "件", 260),
)


def parameters() -> dict[str, list[str] | list[int]]:
    """Return every list of words under the parameter name by which `sql/demo` reads it."""
    return {**_company(), **_people(), **_customers_at_home(), **_customers_abroad()}


def _company() -> dict[str, list[str] | list[int]]:
    names, categories, specifications, prices = zip(*_PRODUCTS, strict=True)
    return {
        "channels": ["直销", "经销", "电商平台", "展会", "转介绍"],
        "sales_reps": [*_SALES_REPS.split(), "Lin Hai", "Grace Tan"],
        "product_names": list(names),
        "product_categories": list(categories),
        "product_specifications": list(specifications),
        "product_prices": list(prices),
    }


def _people() -> dict[str, list[str] | list[int]]:
    return {
        "family_names": "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗".split(),
        "given_names": "建国 丽 伟 秀英 强 敏 军 静 磊 婷 洋 艳 勇 娟 涛 明 超 霞 平 刚".split(),
        "foreign_names": [
            "Anna Vogel",
            "Ben Carter",
            "Carla Ruiz",
            "Deniz Aydin",
            "Emi Sato",
            "Femke Bakker",
            "Joe Park",
        ],
    }


def _customers_at_home() -> dict[str, list[str] | list[int]]:
    cities, regions, codes = zip(*_CITIES, strict=True)
    return {
        "cities": list(cities),
        "city_regions": list(regions),
        "city_codes": list(codes),
        "regions": ["华北", "东北", "华东", "华南", "华中", "西南", "西北"],
        "syllables": _SYLLABLES.split(),
        "endings": _ENDINGS.split(),
        "industries": _INDUSTRIES.split(),
        "company_forms": ["有限公司", "贸易有限公司", "科技有限公司"],
        "streets": ["人民路", "建设路", "解放路", "工业园一路", "科技大道", "滨江路", "中山路", "新华路"],
    }


def _customers_abroad() -> dict[str, list[str] | list[int]]:
    return {
        "first_words": _FIRST_WORDS.split(),
        "second_words": _SECOND_WORDS.split(),
        "foreign_cities": _FOREIGN_CITIES.split(),
        "foreign_sides": [
            "",
            "North ",
            "South ",
            "East ",
            "West ",
            "Old ",
            "New ",
            "Great ",
            "Upper ",
            "Lower ",
        ],
        "foreign_forms": ["Trading Ltd", "Industrial Inc.", "GmbH", "B.V.", "Supply Co.", "Tools LLC"],
    }
