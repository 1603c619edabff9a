"""Traditional characters in headers and words, compared as the simplified ones they stand for.

The characters of headers, status words and totals, not of the whole script: texts and names are never rewritten.
"""

from __future__ import annotations

TRADITIONAL = (
    "與專業東丟兩個為買爭於雲亞產億倉價優會體餘備關兌興冊寫農淨準減幾劃則創別刪辦務動勞區華單賣歷參發"
    "號後員響國圓圖場壞處復複頭實寶審對導爾屆屬幣師帶帳帐賬庫應廢異張棄歸當錄徵徑總態戶戸執報擔擇損換"
    "據攤數斷無時顯暫機權條來極標欄樣檢畢匯彙沒測潤滿點狀現電監蓋盤碼確離種積稱稅筆簽簡類紅約級紀納紙"
    "紋線細終經結統絕續編網羅罰聯職節獲藍補見規計訂認讓議記訊論訟訪證評識訴詞詢話詳語誤說請諾調負敗貨"
    "質購貸費資贖賠賴贊贈贏車轉載較輸達過運還進遠違連選遞郵採釋裡釘錢鋪銀銷鎖錯鎊銖門閉問間隊階際陸險"
    "隨預順項須領題顏額風饋齊韓構僅從傳債儲沖衝壓縣臺檯噸啟墊學寬將層歲廣開護擬撥掛攝舊雜檔漢濟灣獨環"
    "禮穩組綁絡給績綜繳綠義藝範營裝試貝貿賃賒輪適鏈鍵長閱頁顧駁驗黃麵製覽盡疊臨憑籤純缐維獻産眾呎雙邊"
    "腳毀"
)
SIMPLIFIED = (
    "与专业东丢两个为买争于云亚产亿仓价优会体余备关兑兴册写农净准减几划则创别删办务动劳区华单卖历参发"
    "号后员响国圆图场坏处复复头实宝审对导尔届属币师带账账账库应废异张弃归当录征径总态户户执报担择损换"
    "据摊数断无时显暂机权条来极标栏样检毕汇汇没测润满点状现电监盖盘码确离种积称税笔签简类红约级纪纳纸"
    "纹线细终经结统绝续编网罗罚联职节获蓝补见规计订认让议记讯论讼访证评识诉词询话详语误说请诺调负败货"
    "质购贷费资赎赔赖赞赠赢车转载较输达过运还进远违连选递邮采释里钉钱铺银销锁错镑铢门闭问间队阶际陆险"
    "随预顺项须领题颜额风馈齐韩构仅从传债储冲冲压县台台吨启垫学宽将层岁广开护拟拨挂摄旧杂档汉济湾独环"
    "礼稳组绑络给绩综缴绿义艺范营装试贝贸赁赊轮适链键长阅页顾驳验黄面制览尽叠临凭签纯线维献产众尺双边"
    "脚毁"
)
_TABLE = dict(zip(map(ord, TRADITIONAL), SIMPLIFIED, strict=True))


def simplified(text: str) -> str:
    """Return a text with its traditional characters as simplified ones, for comparing."""
    return text if text.isascii() else text.translate(_TABLE)
