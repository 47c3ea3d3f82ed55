"""The kinds of things in a Word or Excel file that act or fetch when it is opened, each with the way to remove it."""

from enum import Enum

from config.errors import Refused
from intake.files.refusals import refused


class Acts(Enum):
    """What acts or fetches, and the way to remove it."""

    MACRO = (
        "có macro (VBA); chọn Lưu thành (Save As) dạng .docx hoặc .xlsx thường rồi gửi",
        "holds macros (VBA); save it as plain .docx or .xlsx",
    )
    MACRO_SHEET = (
        "có trang macro Excel 4.0 (XLM); bấm chuột phải vào tên trang đó, chọn Xóa (Delete), lưu lại rồi gửi",
        "holds an Excel 4.0 macro sheet (XLM); delete that sheet and save",
    )
    CONTROL = (
        "có nút, ô điều khiển ActiveX; vào thẻ Nhà phát triển (Developer), xóa chúng, hoặc xuất ra PDF, rồi gửi",
        "holds ActiveX controls; delete them, or export to PDF",
    )
    EMBEDDED = (
        "có tệp khác nhúng bên trong; bấm vào biểu tượng tệp đó, nhấn Delete, rồi gửi tệp đó riêng",
        "has another file embedded; delete its icon and send that file by itself",
    )
    PROGRAM = (
        "có chương trình (.exe, .js, .bat …) bên trong; mở bằng Word hoặc Excel, lưu lại thành tệp mới rồi gửi",
        "holds a program; open it, save it as a new file and send that",
    )
    HTML = (
        "có phần trang web (HTML) chèn vào; chọn hết, cắt, dán lại dạng Chỉ giữ chữ (Keep Text Only), lưu rồi gửi",
        "holds parts of web pages (HTML); paste them again as text only",
    )
    PICTURE = (
        "có hình vẽ chứa mã lệnh; xóa hình đó, chụp lại, chèn ảnh PNG hoặc JPEG rồi gửi",
        "has a picture that holds script; replace it by a PNG or JPEG",
    )
    RIBBON = (
        "có thanh công cụ riêng (customUI) gọi lệnh khi mở; chép nội dung sang tệp mới, lưu rồi gửi",
        "holds a ribbon of its own (customUI) that calls code; copy the content into a new file",
    )
    QUERY = (
        "có truy vấn lấy dữ liệu từ mạng hoặc cơ sở dữ liệu; vào Dữ liệu > Truy vấn và Kết nối (Queries & Connections),"
        " xóa các kết nối, lưu rồi gửi",
        "holds queries of data elsewhere; delete them under Data > Queries & Connections",
    )
    WORKBOOK_LINK = (
        "có liên kết tới bảng tính khác; vào Dữ liệu > Sửa liên kết (Edit Links) > Ngắt liên kết, lưu rồi gửi",
        "links to another workbook; break it under Data > Edit Links",
    )
    TEMPLATE = (
        "dùng mẫu nằm trên mạng; vào Tệp > Tùy chọn > Phần bổ trợ > Mẫu (Templates), bỏ đường dẫn mẫu, lưu rồi gửi",
        "uses a template on the network; detach it under File > Options > Add-ins > Templates",
    )
    LINKED_PICTURE = (
        "có ảnh lấy từ nơi khác mỗi khi mở; bấm vào ảnh, nhấn Ctrl+Shift+F9 (hoặc chèn lại ảnh vào tệp), lưu rồi gửi",
        "has pictures that are fetched when it is opened; insert them into the file",
    )
    ELSEWHERE = (
        "có phần lấy từ tệp hay địa chỉ khác mỗi khi mở; bỏ phần đó hoặc xuất ra PDF rồi gửi",
        "has parts that are fetched from elsewhere when it is opened; remove them, or export to PDF",
    )
    DDE = (
        "có trường DDE lấy dữ liệu từ chương trình khác; chọn hết (Ctrl+A), nhấn Ctrl+Shift+F9 để thành chữ thường, lưu"
        " rồi gửi",
        "holds a DDE field that takes data from another program; turn fields into text (Ctrl+A, Ctrl+Shift+F9)",
    )
    FIELD = (
        "có trường lấy nội dung từ tệp khác hoặc ghép tên lệnh từ trường khác; chọn hết (Ctrl+A), nhấn Ctrl+Shift+F9,"
        " lưu rồi gửi",
        "holds a field that includes another file or is put together of others; turn fields into text"
        " (Ctrl+A, Ctrl+Shift+F9)",
    )
    FORMULA = (
        "có công thức lấy dữ liệu từ mạng hoặc gọi chương trình (WEBSERVICE, RTD, CALL …); chép ô, dán dạng Giá trị"
        " (Values), lưu rồi gửi",
        "has formulas that fetch from the network or call programs (WEBSERVICE, RTD, CALL and such); paste them as"
        " values",
    )


def acting(name: str, what: Acts) -> Refused:
    return refused(name, *what.value)
