"""Words that stand in headers of sales, invoice and payment exports: they tell a header row and a text's encoding."""

from __future__ import annotations

SIMPLIFIED = tuple(
    (
        "订单 单据 单号 编号 编码 日期 时间 金额 客户 客商 名称 数量 单价 税率 税额 价税 发票 付款 "
        "收款 应收 已收 未收 余额 币 状态 类型 摘要 备注 商品 产品 物料 存货 规格 单位 折扣 电话 "
        "手机 地址 邮箱 联系人 业务员 销售 部门 渠道 地区 省 城市 类别 细分 退货 退回 退款 支付 交易 "
        "收入 支出 收/支 对方 户名 账号 帐号 买家 卖家 店铺 运费 邮费 快递 物流 发货 交货 合同 到期 "
        "期初 序号 行号 货币 汇率 条码 仓库 会员 评价 评分 经理 人员 原因 方式 借贷 借方 贷方 结算 "
        "开票 购买方 销方 购方 附言 流水 分录 标题 宝贝 款项 利润 国家 姓名 排序"
    ).split()
)
TRADITIONAL = tuple(
    (
        "訂單 單據 單號 編號 編碼 日期 時間 金額 客戶 名稱 數量 單價 稅率 稅額 發票 付款 收款 應收 "
        "餘額 幣別 狀態 類型 備註 商品 產品 規格 單位 折扣 電話 地址 聯絡人 業務 銷售 部門 統一編號 "
        "合約 到期 統編 公司"
    ).split()
)
JAPANESE = tuple(("日付 金額 顧客 注文 請求 数量 単価 税 備考 取引 商品名 支払").split())
ENGLISH = tuple(
    (
        "id no no. number code date time name amount price quantity qty total tax invoice order "
        "customer client account status currency type description product item sku unit discount "
        "sales region country city state address email phone payment paid due balance reference "
        "method channel category segment agent manager created updated shipped delivered return "
        "returned refund reason score comment rate value stage product_id territory key note notes "
        "title contact company first last field table index line period budget target vat net gross "
        "memo kind postal zip"
    ).split()
)
